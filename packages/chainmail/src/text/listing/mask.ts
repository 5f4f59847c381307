/** A number of hexadecimal digits with `0x`, and the mask behind a slash; all bits where there is none. */
export function valueAndMask(text: string, all: number): { readonly value: number; readonly mask: number } {
  const [value = '0', mask] = text.split('/')
  return { value: Number(value), mask: mask === undefined ? all : Number(mask) }
}

export function hex(value: number, digits = 1): string {
  return `0x${(value >>> 0).toString(16).padStart(digits, '0')}`
}
