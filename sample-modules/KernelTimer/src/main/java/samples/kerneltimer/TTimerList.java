package samples.kerneltimer;

import jiffy.types.ListHead;
import jiffy.types.TimerList;

/** {@code typedef struct STimerList { ... } TTimerList;} */
public final class TTimerList {
  long m_ulTimerId;
  long m_ulData;
  TTimerCallback m_callback;
  long m_interval;
  final TimerList m_timer = TimerList.in(this);
  final ListHead m_head = ListHead.in(this);
}
