package jiffy.cli.host;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import jdk.net.ExtendedSocketOptions;

/**
 * Who may do what not everybody may: the user that the kernel belongs to, and root.
 *
 * <p>Others cannot reach the socket, unless somebody has opened its directory up to them.
 *
 * @param owner the kernel's
 * @param root null where there is none
 */
record Privilege(UserPrincipal owner, UserPrincipal root) {
  /** That of the file's owner, whom the kernel runs as, and of root. */
  static Privilege overFile(Path file) throws IOException {
    UserPrincipal root = null;
    try {
      root = file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("root");
    } catch (UserPrincipalNotFoundException none) {
      // Then nobody is.
    }
    return new Privilege(Files.getOwner(file), root);
  }

  /** Whether that user has it. @param user null: nobody knows who it is */
  boolean has(UserPrincipal user) {
    return user != null && (user.equals(owner) || user.equals(root));
  }

  /** Who is at the other end of a local socket; null where the OS does not say. */
  static UserPrincipal peerOf(SocketChannel channel) {
    try {
      return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    } catch (IOException | UnsupportedOperationException notTold) {
      return null;
    }
  }
}
