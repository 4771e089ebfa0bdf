/** Example: sessions and a rate limit that go by java.time, and their test. */
package jiffy.testkit.example.session;
