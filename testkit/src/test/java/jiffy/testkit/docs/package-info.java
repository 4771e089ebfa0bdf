/**
 * The tests that docs/testing.md shows, and {@link jiffy.testkit.docs.DocsTest}, which keeps the
 * two alike. The modules are in {@code docs}: none may be in a package of Jiffy's.
 */
package jiffy.testkit.docs;
