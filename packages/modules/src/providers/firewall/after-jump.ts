/** Options that belong behind the target of a rule, in the order Salt puts them there. */
export const afterJump: readonly string[] = [
  ...'j jump add-set and-mark and-tos checksum-fill clamp-mss-to-pmtu clustermac ctevents ctmask del-set'.split(' '),
  ...'ecn-tcp-remove exist expevents gateway hash-init hashmode helper label local-node log-ip-options'.split(' '),
  ...'log-level log-prefix log-tcp-options log-tcp-sequence log-uid mask new nfmask nflog-group nflog-prefix'.split(
    ' ',
  ),
  ...'nflog-range nflog-threshold nodst notrack on-ip on-port or-mark or-tos persistent queue-balance'.split(' '),
  ...'queue-bypass queue-num random rateest-ewmalog rateest-interval rateest-name reject-with restore'.split(' '),
  ...'restore-mark save-mark selctx set-class set-dscp set-dscp-class set-mark set-mss set-tos set-xmark'.split(' '),
  ...'strip-options timeout to to-destination to-ports to-source total-nodes tproxy-mark ttl-dec ttl-inc'.split(' '),
  ...'ttl-set type ulog-cprange ulog-nlgroup ulog-prefix ulog-qthreshold xor-mark xor-tos zone dst-pfx hl-dec'.split(
    ' ',
  ),
  ...'hl-inc hl-set hmark-dport-mask hmark-dst-prefix hmark-mod hmark-offset hmark-proto-mask hmark-rnd'.split(' '),
  ...'hmark-spi-mask hmark-sport-mask hmark-src-prefix hmark-tuple led-always-blink led-delay led-trigger-id'.split(
    ' ',
  ),
  ...'queue-cpu-fanout src-pfx to-port addr and-mask delude honeypot or-mask prefix reset reuse set-mac shift'.split(
    ' ',
  ),
  ...'static tarpit tname ttl'.split(' '),
];
