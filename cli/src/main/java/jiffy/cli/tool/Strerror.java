package jiffy.cli.tool;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import jiffy.linux.Errno;

/** Error numbers in words: glibc's, and insmod's own for those it has. */
public final class Strerror {
  /** The largest number that the system call interface returns as an error. */
  private static final int MAX_ERRNO = 4095;

  private static final Map<Integer, String> GLIBC =
      Map.ofEntries(
          Map.entry(Errno.EPERM, "Operation not permitted"),
          Map.entry(Errno.ENOENT, "No such file or directory"),
          Map.entry(Errno.ESRCH, "No such process"),
          Map.entry(Errno.EINTR, "Interrupted system call"),
          Map.entry(Errno.EIO, "Input/output error"),
          Map.entry(Errno.ENXIO, "No such device or address"),
          Map.entry(Errno.E2BIG, "Argument list too long"),
          Map.entry(Errno.ENOEXEC, "Exec format error"),
          Map.entry(Errno.EBADF, "Bad file descriptor"),
          Map.entry(10, "No child processes"),
          Map.entry(Errno.EAGAIN, "Resource temporarily unavailable"),
          Map.entry(Errno.ENOMEM, "Cannot allocate memory"),
          Map.entry(Errno.EACCES, "Permission denied"),
          Map.entry(Errno.EFAULT, "Bad address"),
          Map.entry(15, "Block device required"),
          Map.entry(Errno.EBUSY, "Device or resource busy"),
          Map.entry(Errno.EEXIST, "File exists"),
          Map.entry(18, "Invalid cross-device link"),
          Map.entry(Errno.ENODEV, "No such device"),
          Map.entry(Errno.ENOTDIR, "Not a directory"),
          Map.entry(Errno.EISDIR, "Is a directory"),
          Map.entry(Errno.EINVAL, "Invalid argument"),
          Map.entry(23, "Too many open files in system"),
          Map.entry(24, "Too many open files"),
          Map.entry(25, "Inappropriate ioctl for device"),
          Map.entry(26, "Text file busy"),
          Map.entry(Errno.EFBIG, "File too large"),
          Map.entry(Errno.ENOSPC, "No space left on device"),
          Map.entry(Errno.ESPIPE, "Illegal seek"),
          Map.entry(Errno.EROFS, "Read-only file system"),
          Map.entry(31, "Too many links"),
          Map.entry(Errno.EPIPE, "Broken pipe"),
          Map.entry(33, "Numerical argument out of domain"),
          Map.entry(Errno.ERANGE, "Numerical result out of range"),
          Map.entry(Errno.EDEADLK, "Resource deadlock avoided"),
          Map.entry(36, "File name too long"),
          Map.entry(37, "No locks available"),
          Map.entry(Errno.ENOSYS, "Function not implemented"),
          Map.entry(39, "Directory not empty"),
          Map.entry(40, "Too many levels of symbolic links"),
          Map.entry(61, "No data available"),
          Map.entry(Errno.ETIME, "Timer expired"),
          Map.entry(71, "Protocol error"),
          Map.entry(74, "Bad message"),
          Map.entry(75, "Value too large for defined data type"),
          Map.entry(84, "Invalid or incomplete multibyte or wide character"),
          Map.entry(95, "Operation not supported"),
          Map.entry(98, "Address already in use"),
          Map.entry(99, "Cannot assign requested address"),
          Map.entry(105, "No buffer space available"),
          Map.entry(107, "Transport endpoint is not connected"),
          Map.entry(Errno.ETIMEDOUT, "Connection timed out"),
          Map.entry(111, "Connection refused"),
          Map.entry(114, "Operation already in progress"),
          Map.entry(115, "Operation now in progress"),
          Map.entry(116, "Stale file handle"),
          Map.entry(125, "Operation canceled"),
          Map.entry(126, "Required key not available"),
          Map.entry(127, "Key has expired"),
          Map.entry(128, "Key has been revoked"),
          Map.entry(129, "Key was rejected by service"));

  private Strerror() {}

  /** {@code strerror(errno)}. */
  public static String of(int errno) {
    return GLIBC.getOrDefault(errno, "Unknown error " + errno);
  }

  /**
   * What insmod says of a failed load. A number that the system call interface cannot carry leaves
   * the C library with an older errno, ENOENT.
   */
  public static String ofInsmod(int errno) {
    if (errno > MAX_ERRNO) {
      return ofInsmod(Errno.ENOENT);
    }
    return switch (errno) {
      case Errno.ENOEXEC -> "Invalid module format";
      case Errno.ENOENT -> "Unknown symbol in module";
      case Errno.ESRCH -> "Module has wrong symbol version";
      case Errno.EINVAL -> "Invalid parameters";
      default -> of(errno);
    };
  }

  /** Why a file could not be used, without its name. */
  public static String of(IOException e) {
    if (e instanceof NoSuchFileException || e instanceof FileNotFoundException) {
      return of(Errno.ENOENT);
    }
    if (e instanceof AccessDeniedException) {
      return of(Errno.EACCES);
    }
    if (e instanceof FileAlreadyExistsException) {
      return of(Errno.EEXIST);
    }
    if (e instanceof NotDirectoryException) {
      return of(Errno.ENOTDIR);
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
