package jiffy.testkit.example.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Who is logged in, for half an hour after the last sign of life; and how often one may ask. Knows
 * nothing but java.time.
 */
final class Sessions {
  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final Duration A_TOKEN = Duration.ofSeconds(6);
  private static final int MOST_TOKENS = 10;

  private static final class Session {
    Instant seen;
    Instant counted;
    int tokens = MOST_TOKENS;
  }

  private final InstantSource clock;
  private final Map<String, Session> sessions = new HashMap<>();

  Sessions(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void logIn(String user) {
    Session session = new Session();
    session.seen = clock.instant();
    session.counted = session.seen;
    sessions.put(user, session);
  }

  /** Whether the user is logged in, which is a sign of life. */
  synchronized boolean touch(String user) {
    Session session = sessions.get(user);
    Instant now = clock.instant();
    if (session == null || !session.seen.plus(IDLE).isAfter(now)) {
      sessions.remove(user);
      return false;
    }
    session.seen = now;
    return true;
  }

  /** Whether the user may ask now: ten times at once, then once in six seconds. */
  synchronized boolean mayAsk(String user) {
    if (!touch(user)) {
      return false;
    }
    Session session = sessions.get(user);
    long earned = Duration.between(session.counted, clock.instant()).dividedBy(A_TOKEN);
    if (earned > 0) {
      session.counted = session.counted.plus(A_TOKEN.multipliedBy(earned));
      session.tokens = (int) Math.min(MOST_TOKENS, session.tokens + earned);
    }
    session.tokens--;
    if (session.tokens < 0) {
      session.tokens = 0;
      return false;
    }
    return true;
  }
}
