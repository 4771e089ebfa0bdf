package com.github.benmanes.caffeine.cache;

import java.lang.ref.ReferenceQueue;

/** Caffeine's timer wheel with the smallest node that it can hold. Not thread safe. */
public final class TimerWheelDoor {
  private final TimerWheel<Object, Object> wheel = new TimerWheel<>();

  /** Time stands still at {@code nowNanos}: nothing expires here. */
  public TimerWheelDoor(long nowNanos) {
    wheel.nanos = nowNanos;
  }

  /** Arms an idle timer. */
  public void schedule(Timer timer, long expiryNanos) {
    timer.setVariableTime(expiryNanos);
    wheel.schedule(timer);
  }

  /** Moves a pending timer. */
  public void reschedule(Timer timer, long expiryNanos) {
    timer.setVariableTime(expiryNanos);
    wheel.reschedule(timer);
  }

  /** Cancels. */
  public void deschedule(Timer timer) {
    wheel.deschedule(timer);
  }

  /** A node of the wheel, no entry of any cache. */
  public static final class Timer extends Node<Object, Object> {
    private long expiryNanos;
    private Node<Object, Object> previous;
    private Node<Object, Object> next;

    @Override
    public long getVariableTime() {
      return expiryNanos;
    }

    @Override
    public void setVariableTime(long nanos) {
      expiryNanos = nanos;
    }

    @Override
    public Node<Object, Object> getPreviousInVariableOrder() {
      return previous;
    }

    @Override
    public void setPreviousInVariableOrder(Node<Object, Object> node) {
      previous = node;
    }

    @Override
    public Node<Object, Object> getNextInVariableOrder() {
      return next;
    }

    @Override
    public void setNextInVariableOrder(Node<Object, Object> node) {
      next = node;
    }

    @Override
    public Object getKey() {
      return this;
    }

    @Override
    public Object getKeyReference() {
      return this;
    }

    @Override
    public Object getValue() {
      return this;
    }

    @Override
    public Object getValueReference() {
      return this;
    }

    @Override
    public void setValue(Object value, ReferenceQueue<Object> queue) {
      throw new UnsupportedOperationException("holds no value");
    }

    @Override
    public boolean containsValue(Object value) {
      return false;
    }

    @Override
    public boolean isAlive() {
      return true;
    }

    @Override
    public boolean isRetired() {
      return false;
    }

    @Override
    public boolean isDead() {
      return false;
    }

    @Override
    public void retire() {
      throw new UnsupportedOperationException("no entry of a cache");
    }

    @Override
    public void die() {
      throw new UnsupportedOperationException("no entry of a cache");
    }
  }
}
