/** The first module of docs/testing.md. */
package docs.beat;
