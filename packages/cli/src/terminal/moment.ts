/** A moment as a person reads it, by the clock on the wall: `2026-03-01 14:05:09`. */
export function moment(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`
}
