/** Modules: from file over verified, loaded, linked and live to gone. PF4J only here. */
package jiffy.runtime.module;
