/** propgpl.c, made to record what Linux does; GPL. */
package samples.errs.propgpl;
