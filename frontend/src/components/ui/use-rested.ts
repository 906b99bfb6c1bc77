import { useEffect, useRef, useState } from "react";

/**
 * A value that has not changed for a while. With `atOnce` the first change after a rest, a paste or one key, counts
 * without waiting. Values are told apart as they are: give objects as JSON.
 */
export function useRested<T>(value: T, ms: number, atOnce = false): T {
  const [rested, setRested] = useState(value);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    const now = performance.now();
    const wait = atOnce && now - changedAt.current > ms ? 0 : ms;
    changedAt.current = now;
    const timer = setTimeout(() => {
      setRested(value);
    }, wait);
    return () => {
      clearTimeout(timer);
    };
  }, [value, ms, atOnce]);
  return rested;
}
