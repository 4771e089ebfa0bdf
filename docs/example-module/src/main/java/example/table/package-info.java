/** A module with a race, and how its test finds it. */
package example.table;
