# What the API server would refuse in an object's pods: pkg/apis/core/validation, as far as a policy's patch can cause it.
# Yields a sentence for each; nothing if it is valid.
def pod: if .kind == "Pod" then . elif .kind == "CronJob" then .spec.jobTemplate.spec.template else .spec.template end;
def fields: ["privileged", "allowPrivilegeEscalation", "runAsNonRoot", "readOnlyRootFilesystem", "capabilities", "seccompProfile",
             "appArmorProfile", "procMount", "runAsUser", "runAsGroup", "seLinuxOptions", "windowsOptions"];
def profile($what):
  if . == null then empty
  elif .type == "RuntimeDefault" then (select(has("localhostProfile")) | "\($what): localhostProfile beside RuntimeDefault")
  elif .type != "Localhost" then "\($what): type \(.type)"
  elif (.localhostProfile // "") | (. == "" or startswith("/") or contains("..")) then "\($what): \(.localhostProfile)"
  else empty end;

pod as $pod | $pod.spec as $spec
| ($spec.containers + ($spec.initContainers // []) | .[]) as $c
| ($c.securityContext // {}) as $s
| ($pod.metadata.annotations // {}) as $notes
| ($s | keys - fields | .[] | "\($c.name): no field \(.)"),
  ($s.seccompProfile | profile("\($c.name): seccompProfile")),
  ($s.appArmorProfile | profile("\($c.name): appArmorProfile")),
  ($spec.securityContext // {} | (.seccompProfile, .appArmorProfile) | profile("pod")),
  ($c | select(.image == null) | "\(.name): no image"),
  (select($s.allowPrivilegeEscalation == false and ($s.privileged == true or ($s.capabilities.add // [] | index("SYS_ADMIN"))))
   | "\($c.name): allowPrivilegeEscalation: false beside privileged or SYS_ADMIN"),
  ($s.capabilities // {} | (.add // [], .drop // []) | .[] | select(test("^[A-Z_]+$") | not) | "\($c.name): capability \(.)"),
  ($s.capabilities // {} | (.add // [], .drop // []) | .[] | select(startswith("CAP_")) | "\($c.name): capability \(.)"),
  (select($s.procMount == "Unmasked" and $spec.hostUsers != false) | "\($c.name): procMount: Unmasked without hostUsers: false"),
  (select($s.appArmorProfile != null and ($notes | has("container.apparmor.security.beta.kubernetes.io/" + $c.name)))
   | "\($c.name): AppArmor by annotation and by field"),
  ($c.volumeMounts // [] | .[] | select(.name as $n | $spec.volumes // [] | any(.name == $n) | not) | "\($c.name): no volume \(.name)"),
  ($c.volumeMounts // [] | .[] | select(.mountPath | contains(":")) | "\($c.name): mountPath \(.mountPath)"),
  ($c.volumeMounts // [] | group_by(.mountPath) | .[] | select(length > 1) | "\($c.name): \(.[0].mountPath) twice"),
  ($c.volumeMounts // [] | .[] | select(.recursiveReadOnly == "Enabled" and .readOnly != true) | "\($c.name): recursive without readOnly"),
  (select($spec.hostUsers == false and ($spec.hostNetwork or $spec.hostPID or $spec.hostIPC)) | "hostUsers: false in a host namespace"),
  ($spec.volumes // [] | group_by(.name) | .[] | select(length > 1) | "volume \(.[0].name) twice"),
  ($spec.volumes // [] | .[] | select(.name | test("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$") | not) | "volume name \(.name)")
