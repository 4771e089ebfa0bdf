/** Races that were planted in small modules, and their corrected versions. */
package jiffy.testkit.race;
