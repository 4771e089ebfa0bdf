/** Example: CompletableFutures with delays and a timeout, and their test. */
package jiffy.testkit.example.pipeline;
