#include "events/event.h"

namespace events {

std::string_view to_string(Type type) {
  switch (type) {
    case Type::kInstanceStarted: return "live.kickoff.instance.started";
    case Type::kInstanceStopping: return "live.kickoff.instance.stopping";
    case Type::kConfigReload: return "live.kickoff.config.reload";
    case Type::kCertificateLoaded: return "live.kickoff.certificate.loaded";
    case Type::kPublisherConnected: return "live.kickoff.publisher.connected";
    case Type::kPublisherDisconnected: return "live.kickoff.publisher.disconnected";
    case Type::kPublisherRefused: return "live.kickoff.publisher.refused";
    case Type::kAdmissionRefused: return "live.kickoff.admission.refused";
    case Type::kFeedSwitch: return "live.kickoff.feed.switch";
    case Type::kFeedFault: return "live.kickoff.feed.fault";
    case Type::kFeedClock: return "live.kickoff.feed.clock";
    case Type::kOutage: return "live.kickoff.outage";
    case Type::kSlate: return "live.kickoff.slate";
    case Type::kOverlay: return "live.kickoff.overlay";
    case Type::kMarker: return "live.kickoff.marker";
    case Type::kWorkerStarted: return "live.kickoff.worker.started";
    case Type::kWorkerLost: return "live.kickoff.worker.lost";
    case Type::kGovernorLevel: return "live.kickoff.governor.level";
    case Type::kJournal: return "live.kickoff.journal";
    case Type::kUpload: return "live.kickoff.upload";
    case Type::kRegistry: return "live.kickoff.registry";
    case Type::kWebhook: return "live.kickoff.webhook";
    case Type::kOriginLost: return "live.kickoff.origin.lost";
    case Type::kAlarmSilence: return "live.kickoff.alarm.silence";
    case Type::kCheckDone: return "live.kickoff.check.done";
    case Type::kChannelSettings: return "live.kickoff.channel.settings";
    case Type::kJobDone: return "live.kickoff.job.done";
    case Type::kJobFailed: return "live.kickoff.job.failed";
    case Type::kJobCanceled: return "live.kickoff.job.canceled";
  }
  return "live.kickoff.unknown";
}

}  // namespace events
