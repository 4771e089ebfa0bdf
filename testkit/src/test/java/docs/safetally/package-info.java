/** {@link docs.tally}, without its race. */
package docs.safetally;
