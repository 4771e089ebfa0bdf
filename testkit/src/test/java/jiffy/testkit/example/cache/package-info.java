/** Example: a cache whose entries expire by Guava's ticker, and its test. */
package jiffy.testkit.example.cache;
