/** What is shown in the place of an answer that did not come. */
export function textForStatus(status: string, jid: string): string {
  switch (status) {
    case 'unknown':
      return 'Minion did not return. [No key is accepted under this name]';
    case 'expired':
      return 'Minion did not return. [Not connected]';
    case 'unreachable':
      return `Minion did not return. [Connection lost while the job ran; follow it with 'salt-run jobs.follow ${jid}']`;
    case 'queued':
      return `Minion is not connected. [The job waits for it; see 'salt-run jobs.queue', or 'salt-run jobs.cancel ${jid}']`;
    case 'interrupted':
      return 'Minion did not return. [The job was interrupted on the minion]';
    case 'timed-out':
      return 'Minion did not return. [The job took too long and was ended]';
    case 'cancelled':
      return 'Minion did not return. [The job was cancelled]';
    default:
      return `Minion did not return. [${status}]`;
  }
}
