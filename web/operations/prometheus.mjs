// Delays by stage, out of the metrics for Prometheus.

const histograms = { kickoff_channel_capture_to_part_seconds: 'inside', kickoff_channel_part_lateness_seconds: 'lateness' };
const line = /^([a-z_0-9]+?)(_sum|_count)?\{([^}]*)\} (\S+)$/;
const channelOf = /(?:^|,)channel="((?:[^"\\]|\\.)*)"/;

/// Sums and counts of the histograms that the page shows, by channel: Map of {encode, inside: {sum, count}, lateness: {sum, count}}.
/// `encode`: the longest of its rungs; null where nothing is encoded. Units: seconds.
export function delays(text) {
  const found = new Map();
  for (const one of text.split('\n')) {
    if (!one.startsWith('kickoff_channel_') && !one.startsWith('kickoff_worker_encode_delay')) continue;
    const [, name, suffix, labels, value] = line.exec(one) ?? [];
    const channel = labels && channelOf.exec(labels)?.[1];
    if (!channel) continue;
    const of = found.get(channel) ?? { encode: null, inside: { sum: 0, count: 0 }, lateness: { sum: 0, count: 0 } };
    if (suffix && histograms[name]) of[histograms[name]][suffix.slice(1)] += Number(value);
    else if (name === 'kickoff_worker_encode_delay_seconds' && !suffix) of.encode = Math.max(of.encode ?? 0, Number(value));
    else continue;
    found.set(channel, of);
  }
  return found;
}

/// The mean of what was observed between two readings; null where nothing was, or the counts began anew.
export function mean(before, after) {
  const count = after.count - (before?.count ?? 0);
  const sum = after.sum - (before?.sum ?? 0);
  return count > 0 && sum >= 0 ? sum / count : null;
}
