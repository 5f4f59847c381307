/** Targets that need no option, by which they would be told from chains. xtables-addons(8) */
const addonTargets: ReadonlySet<string> = new Set([
  'CHAOS',
  'DELUDE',
  'DNETMAP',
  'ECHO',
  'LOGMARK',
  'PROTO',
  'STEAL',
  'SYSRQ',
  'TARPIT',
])

/** Whether xtables-addons has a target of this name that may stand without options. */
export function isAddonTarget(name: string): boolean {
  return addonTargets.has(name)
}
