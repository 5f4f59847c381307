/** IFNAMSIZ is 16 with the closing NUL. uapi/linux/if.h */
const MAX_BYTES = 15
const FORBIDDEN = /[\s/\0"]|^!|^-|\p{Surrogate}/u

/** Whether the kernel may have an interface of this name; `+` at the end is any ending. */
export function isInterfaceName(name: string): boolean {
  return (
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    Buffer.byteLength(name) <= MAX_BYTES &&
    !FORBIDDEN.test(name)
  )
}
