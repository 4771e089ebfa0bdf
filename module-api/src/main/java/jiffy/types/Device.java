package jiffy.types;

/**
 * {@code struct device}, of it what {@code dev_printk} asks for. Driver, bus and class are their
 * names here: there is no device model.
 */
public class Device {
  /** Its name, if it was set here rather than by {@code dev_set_name}. */
  public String init_name;

  /** {@code dev->driver->name}; null: it has none. */
  public String driver;

  /** {@code dev->bus->name}; null: it is on none. */
  public String bus;

  /** {@code dev->class->name}; null: it is of none. */
  public String class_;

  /** Its number, of {@code MKDEV}; 0: it has none. */
  public int devt;

  /** Of a network device ({@link #class_} net): the number of its interface. */
  public int ifindex;

  /** What {@code dev_set_name} has set. */
  public volatile String __name;
}
