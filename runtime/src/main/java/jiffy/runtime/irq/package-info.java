/** Hard irqs, softirq vectors and tasklets. */
package jiffy.runtime.irq;
