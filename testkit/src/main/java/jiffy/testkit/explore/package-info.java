/**
 * Exploring schedules: policies that decide who runs ({@link jiffy.testkit.explore.RandomWalk},
 * {@link jiffy.testkit.explore.PriorityChanges}), what a run decided ({@link
 * jiffy.testkit.explore.Schedule}), making a failing one small ({@link
 * jiffy.testkit.explore.Shrinking}) and readable ({@link jiffy.testkit.explore.Interleaving}).
 */
package jiffy.testkit.explore;
