/*
 * A period of 1 ms by clock_nanosleep to absolute times, with a timer slack of 1 ns: the peer of
 * hrtimers. Prints what PeriodicMain prints: nanosleep [SECONDS]. The first half second is not
 * counted; a wake-up so late that the next is due stands for one, not for two.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#define PERIOD_NS 1000000LL
#define WARM_UP_PERIODS 500

static long long now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void sleep_until(long long ns)
{
	struct timespec ts = { ns / 1000000000LL, ns % 1000000000LL };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void figure(const char *name, double value)
{
	printf("figure %.3f %s\n", value, name);
}

int main(int argc, char **argv)
{
	long seconds = argc > 1 ? atol(argv[1]) : 5;
	long most = seconds * 1000 + WARM_UP_PERIODS;
	long long *late = calloc(most, sizeof(*late));
	long long due, start = 0, cpu = 0;
	long n = 0, calls = 0;

	if (!late || seconds <= 0)
		return 1;
	prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
	due = now_ns(CLOCK_MONOTONIC) + PERIOD_NS;
	for (;;) {
		long long now;

		sleep_until(due);
		now = now_ns(CLOCK_MONOTONIC);
		if (calls++ == WARM_UP_PERIODS) {
			start = now;
			cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
		}
		if (start) {
			if (now - start >= seconds * 1000000000LL || n == most)
				break;
			late[n++] = now - due;
		}
		due += PERIOD_NS * (1 + (now - due) / PERIOD_NS);
	}
	figure("CPU %", 100.0 * (now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) /
			(now_ns(CLOCK_MONOTONIC) - start));
	qsort(late, n, sizeof(*late), compare);
	figure("p50 us", late[n / 2] / 1e3);
	figure("p99 us", late[n * 99 / 100] / 1e3);
	figure("p99.9 us", late[n * 999 / 1000] / 1e3);
	figure("calls", n);
	return 0;
}
