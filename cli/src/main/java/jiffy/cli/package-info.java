/** The tools, and the control socket's two ends. */
package jiffy.cli;
