/**
 * One door into Caffeine's package, for its timer wheel is package-private and a peer of ours; on
 * the class path of the benchmarks only.
 */
package com.github.benmanes.caffeine.cache;
