/** Text made fit for an XML or HTML attribute or element. Characters that XML 1.0 does not know are replaced. */
export function escapeXml(text: string): string {
  return Buffer.from(text) // half characters become U+FFFD
    .toString()
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
