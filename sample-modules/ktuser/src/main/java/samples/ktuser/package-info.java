/** A user of seed 002's library: a JAR of its own, which does not contain that. */
package samples.ktuser;
