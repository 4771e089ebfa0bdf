package jiffy.runtime.module.loader;

import java.nio.file.Path;
import java.util.List;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginLoader;
import org.pf4j.PluginNotFoundException;
import org.pf4j.PluginRepository;
import org.pf4j.PluginState;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.RuntimeMode;
import org.pf4j.VersionManager;

/**
 * A plugin manager as plugins and embedders see it: it tells what there is, finds extensions, and
 * takes listeners. What would load, start, stop or unload is refused with a sentence that says how
 * it is done: it would go past the references, the hooks' task and the account of what is left.
 *
 * <p>Whoever asks for what is so already (start of a started plugin) gets PF4J's answer.
 */
abstract class ReadOnlyPlugins extends AbstractPluginManager {
  /**
   * @param root what {@code getPluginsRoot} says
   * @param version of the system, for {@code Plugin-Requires}
   */
  ReadOnlyPlugins(Path root, String version) {
    super(root);
    systemVersion = version;
  }

  private static UnsupportedOperationException refused(String call, String way) {
    return new UnsupportedOperationException(
        call + ": a Jiffy kernel's plugins are its modules: " + way);
  }

  private static String rmmod(String id) {
    return "unload it with rmmod " + id;
  }

  /** The plugin of that id. */
  private PluginWrapper known(String id) {
    PluginWrapper wrapper = getPlugin(id);
    if (wrapper == null) {
      throw new PluginNotFoundException(id);
    }
    return wrapper;
  }

  @Override
  public void loadPlugins() {
    throw refused("loadPlugins()", "load them with insmod or modprobe, or from the drop folder");
  }

  @Override
  public String loadPlugin(Path path) {
    throw refused("loadPlugin(" + path + ")", "load it with insmod " + path);
  }

  @Override
  public void startPlugins() {
    throw refused("startPlugins()", "insmod has started those that are there");
  }

  @Override
  public PluginState startPlugin(String id) {
    PluginState state = known(id).getPluginState();
    if (state.isStarted()) {
      return state;
    }
    throw refused("startPlugin(" + id + ")", "insmod starts it when it loads it");
  }

  @Override
  public void stopPlugins() {
    throw refused("stopPlugins()", "unload each with rmmod, or halt the machine");
  }

  @Override
  public PluginState stopPlugin(String id) {
    known(id);
    throw refused("stopPlugin(" + id + ")", rmmod(id));
  }

  @Override
  public void unloadPlugins() {
    throw refused("unloadPlugins()", "unload each with rmmod, or halt the machine");
  }

  @Override
  public boolean unloadPlugin(String id) {
    known(id);
    throw refused("unloadPlugin(" + id + ")", rmmod(id));
  }

  @Override
  public boolean deletePlugin(String id) {
    known(id);
    throw refused("deletePlugin(" + id + ")", rmmod(id) + " and delete its file");
  }

  @Override
  public boolean disablePlugin(String id) {
    known(id);
    throw refused("disablePlugin(" + id + ")", rmmod(id));
  }

  @Override
  public boolean enablePlugin(String id) {
    if (!known(id).getPluginState().isDisabled()) {
      return true;
    }
    throw refused("enablePlugin(" + id + ")", "insmod loads it");
  }

  @Override
  public void setSystemVersion(String version) {
    throw refused("setSystemVersion(" + version + ")", "the version is the kernel's");
  }

  @Override
  public List<PluginWrapper> getResolvedPlugins() {
    return getPlugins().stream().filter(each -> !each.getPluginState().isDisabled()).toList();
  }

  @Override
  public List<PluginWrapper> getUnresolvedPlugins() {
    return List.of();
  }

  @Override
  public List<PluginWrapper> getStartedPlugins() {
    return getPlugins(PluginState.STARTED);
  }

  @Override
  public ClassLoader getPluginClassLoader(String id) {
    PluginWrapper wrapper = getPlugin(id);
    return wrapper == null ? null : wrapper.getPluginClassLoader();
  }

  @Override
  public PluginWrapper whichPlugin(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return getPlugins().stream()
        .filter(each -> each.getPluginClassLoader() == loader)
        .findFirst()
        .orElse(null);
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return null; // with loadPlugin, which is refused, goes what asks for these four
  }

  @Override
  protected PluginLoader createPluginLoader() {
    return null;
  }

  @Override
  protected PluginRepository createPluginRepository() {
    return null;
  }

  @Override
  protected PluginStatusProvider createPluginStatusProvider() {
    return null;
  }

  @Override
  protected ExtensionFactory createExtensionFactory() {
    return null; // nor this: the subclass has its own
  }

  @Override
  protected VersionManager createVersionManager() {
    return new DefaultVersionManager();
  }

  @Override
  public RuntimeMode getRuntimeMode() {
    return RuntimeMode.DEPLOYMENT;
  }
}
