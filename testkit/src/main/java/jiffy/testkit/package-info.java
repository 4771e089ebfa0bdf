/** A kernel on virtual time for JUnit 5, a builder of module JARs, and leak checks. */
package jiffy.testkit;
