/** The module with a race of docs/testing.md. */
package docs.tally;
