/** An interrupt's top half and bottom half, and who runs them; a port of nothing, Apache-2.0. */
package samples.halves;
