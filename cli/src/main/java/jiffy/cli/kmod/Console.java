package jiffy.cli.kmod;

import java.io.OutputStream;

/** Where a run's text goes. */
public interface Console {
  /** How much a message matters; kmod's words. */
  enum Level {
    FATAL,
    ERROR,
    WARNING,
    NOTICE
  }

  /** A line, without its newline, for standard output. */
  void print(String line) throws StoppedException;

  /** A message of the tool: {@code modprobe: LEVEL: text}. */
  void say(Level level, String text) throws StoppedException;

  /** A message as kmod's library has it: {@code libkmod: ERROR: text}. */
  void sayOfLibrary(String text) throws StoppedException;

  /** Ends the run if its user has gone. */
  void check() throws StoppedException;

  /** What a command prints, as it prints it. */
  OutputStream output();

  /** What a command says on standard error. */
  OutputStream errors();
}
