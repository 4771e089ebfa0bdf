/** Boot and wiring: the machine as an embedder sees it. Everything below meets here. */
package jiffy.runtime;
