export { parseXmlRuleset, readXml } from './read-xml.ts'
export { renderXml } from './render-xml.ts'
