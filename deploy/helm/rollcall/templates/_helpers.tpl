{{/* Names, labels, and the gateway's configuration: what several templates share. */}}

{{- define "rollcall.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 50 characters, because "-dashboard" and the like come behind it. */}}
{{- define "rollcall.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "rollcall.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "rollcall.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "rollcall.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "rollcall.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What finds the pods. It never changes: a Deployment's selector cannot. */}}
{{- define "rollcall.selectorLabels" -}}
app.kubernetes.io/name: {{ include "rollcall.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "rollcall.releaseLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "rollcall.labels" -}}
{{ include "rollcall.selectorLabels" . }}
{{ include "rollcall.releaseLabels" . }}
{{- end -}}

{{/* These labels and more, of which those count where both say something: (dict "root" . "more" …) */}}
{{- define "rollcall.labelsAnd" -}}
{{- include "rollcall.labels" .root | fromYaml | merge (deepCopy (default dict .more)) | toYaml -}}
{{- end -}}

{{- define "rollcall.testLabels" -}}
app.kubernetes.io/name: {{ include "rollcall.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: test
{{- end -}}

{{- define "rollcall.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{- define "rollcall.cursorSecretName" -}}
{{- default (printf "%s-cursor" (include "rollcall.fullname" .)) .Values.cursor.existingSecret.name -}}
{{- end -}}

{{- define "rollcall.cursorSecretKey" -}}
{{- if .Values.cursor.existingSecret.name -}}{{ .Values.cursor.existingSecret.key }}{{- else -}}cursor-secret{{- end -}}
{{- end -}}

{{/* ADDRESS:PORT, of which an IPv6 address stands in brackets: (dict "address" … "port" …) */}}
{{- define "rollcall.endpoint" -}}
{{- if contains ":" .address -}}[{{ .address }}]:{{ .port }}{{- else -}}{{ .address }}:{{ .port }}{{- end -}}
{{- end -}}

{{/* The providers of the configuration, each with the file of its credential: {"providers": […]} as JSON. */}}
{{- define "rollcall.providers" -}}
{{- $credentials := .Values.credentials -}}
{{- $providers := list -}}
{{- $names := list -}}
{{- range .Values.config.providers -}}
  {{- $provider := deepCopy . -}}
  {{- $names = append $names $provider.name -}}
  {{- with (default dict $provider.credential).value -}}
    {{- include "rollcall.requireReference" (dict "text" . "key" (printf "the credential of %s" $provider.name)
          "instead" (printf "name its Secret in credentials.%s" $provider.name)) -}}
  {{- end -}}
  {{- if hasKey $credentials $provider.name -}}
    {{- if hasKey $provider "credential" -}}
      {{- fail (printf "config.providers: %s has a credential, and credentials.%s gives it another" .name .name) -}}
    {{- end -}}
    {{- $file := printf "/run/secrets/rollcall/%s" $provider.name -}}
    {{- $_ := set $provider "credential" (dict "file" $file) -}}
  {{- end -}}
  {{- $providers = append $providers $provider -}}
{{- end -}}
{{- if not $providers -}}
  {{- fail "config.providers: there must be at least one provider" -}}
{{- end -}}
{{- range $name, $_ := $credentials -}}
  {{- if not (has $name $names) -}}
    {{- fail (printf "credentials.%s: no provider of config.providers has this name" $name) -}}
  {{- end -}}
{{- end -}}
{{- dict "providers" $providers | toJson -}}
{{- end -}}

{{/* "yes" where clients are asked for certificates. */}}
{{- define "rollcall.asksForCertificates" -}}
{{- with .Values.tls.clientCa -}}
{{- if and .configMap .secret }}{{ fail "tls.clientCa: either configMap or secret, not both" }}{{ end -}}
{{- if or .configMap .secret }}yes{{ end -}}
{{- end -}}
{{- end -}}

{{/* server.tls of the configuration, with the files where they are mounted, as JSON; empty without TLS. */}}
{{- define "rollcall.serverTls" -}}
{{- $asks := include "rollcall.asksForCertificates" . -}}
{{- $tls := dict "certificate" "/run/secrets/rollcall-tls/tls.crt" "key" "/run/secrets/rollcall-tls/tls.key" -}}
{{- with .Values.tls -}}
{{- if not .secret -}}
  {{- if or $asks .hsts }}{{ fail "tls: clientCa and hsts take a secret with the certificate" }}{{ end -}}
{{- else -}}
  {{- if $asks -}}
    {{- $_ := set $tls "client_ca" "/etc/rollcall-client-ca/ca.pem" -}}
    {{- $_ := set $tls "client_certificate" .clientCertificate -}}
  {{- end -}}
  {{- with .hsts }}{{ $_ := set $tls "hsts" . }}{{ end -}}
  {{- $tls | toJson -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the public port speaks. */}}
{{- define "rollcall.scheme" -}}
{{- if .Values.tls.secret }}https{{ else }}http{{ end -}}
{{- end -}}

{{/* Whether the values of Redis go together; it renders nothing. */}}
{{- define "rollcall.redis" -}}
{{- $redis := default dict .Values.config.redis -}}
{{- if .Values.redis.password.secretName -}}
  {{- if not $redis }}{{ fail "redis.password: takes config.redis, which says where Redis is" }}{{ end -}}
  {{- if hasKey $redis "password" }}{{ fail "config.redis.password: redis.password gives it another" }}{{ end -}}
{{- else if kindIs "string" $redis.password -}}
  {{- include "rollcall.requireReference" (dict "text" $redis.password "key" "config.redis.password"
        "instead" "name its Secret in redis.password") -}}
{{- end -}}
{{- if contains "@" (default "" $redis.url) -}}
  {{- fail "config.redis.url: who logs in are config.redis.username and redis.password, and no part of the URL" -}}
{{- end -}}
{{- end -}}

{{/* Refuses a secret that is written out, because anyone may read a ConfigMap; it renders nothing. */}}
{{- define "rollcall.requireReference" -}}
{{- if not (regexMatch "(^|[^$])[$][{][A-Za-z_][A-Za-z0-9_]*(:-)?[}]" .text) -}}
  {{- fail (printf "%s would stand in the ConfigMap: %s, or a variable of extraEnv as ${NAME}" .key .instead) -}}
{{- end -}}
{{- end -}}

{{/* The port of a URL, or its scheme's; empty where a variable says it. */}}
{{- define "rollcall.portOf" -}}
{{- $authority := regexReplaceAll "^[a-z]+://" . "" | regexFind "^[^/?#]*" -}}
{{- if regexMatch ":[0-9]+$" $authority -}}{{ regexFind "[0-9]+$" $authority }}
{{- else if contains "$" $authority -}}
{{- else if hasPrefix "redis" . -}}6379
{{- else -}}{{ hasPrefix "http:" . | ternary "80" "443" }}
{{- end -}}
{{- end -}}

{{/* Where the providers and the issuers' keys are, by what a fault calls them: {"the provider …": URL} as JSON. */}}
{{- define "rollcall.urls" -}}
{{- $urls := dict -}}
{{- range .Values.config.providers -}}
  {{- $own := regexFind "[^/]+[.]yaml$" .profile | trimSuffix ".yaml" | get (default dict $.Values.profiles) -}}
  {{- $url := .base_url | default (fromYaml $own).base_url -}}
  {{- if $url }}{{ $_ := set $urls (print "the provider " .name) $url }}{{ end -}}
{{- end -}}
{{- $access := default "open" .Values.config.access -}}
{{- if kindIs "map" $access -}}
  {{- range $access.issuers -}}
    {{- if .keys.url }}{{ $_ := set $urls (print "keys.url of the issuer " .name) .keys.url }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- toJson $urls -}}
{{- end -}}

{{/* The gateway's configuration: what the values say, and what follows from the pod. */}}
{{- define "rollcall.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $pod := dict
      "listen" (include "rollcall.endpoint" (dict "address" .Values.bindAddress "port" 8080))
      "admin" (include "rollcall.endpoint" (dict "address" .Values.bindAddress "port" 9901)) -}}
{{- with include "rollcall.serverTls" . }}{{ $_ := set $pod "tls" (fromJson .) }}{{ end -}}
{{- $_ := set $config "server" (merge $pod (default dict $config.server)) -}}
{{/* The pod listens on an address that others reach, and the gateway wants to hear that this is meant. */}}
{{- if not $config.access }}{{ $_ := set $config "access" "open" }}{{ end -}}
{{- $secret := dict "secret" (dict "file" "/run/secrets/rollcall-cursor/secret") -}}
{{- $_ := set $config "cursor" (merge $secret (default dict $config.cursor)) -}}
{{- include "rollcall.redis" . -}}
{{- if .Values.redis.password.secretName }}
{{- $password := dict "password" (dict "file" "/run/secrets/rollcall-redis/password") -}}
{{- $_ := set $config "redis" (merge $password $config.redis) -}}
{{- end -}}
{{- $_ := set $config "providers" (include "rollcall.providers" . | fromJson).providers -}}
{{- toYaml $config -}}
{{- end -}}

{{/* "yes" where clients need no key. */}}
{{- define "rollcall.isOpen" -}}
{{- $access := default "open" .Values.config.access -}}
{{- if kindIs "string" $access }}yes{{ else if $access.open }}yes{{ end -}}
{{- end -}}

{{/* What the ConfigMap holds: the configuration, and the profiles of one's own. */}}
{{- define "rollcall.configData" -}}
rollcall.yaml: |
  {{- include "rollcall.config" . | nindent 2 }}
{{- range $name, $text := .Values.profiles }}
profile-{{ $name }}.yaml: |2
  {{- $text | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A duration of the configuration in whole seconds, rounded up: (dict "key" … "text" …) */}}
{{- define "rollcall.seconds" -}}
{{- if not (regexMatch "^[0-9]+(ms|s|m|h)$" .text) -}}
  {{- fail (printf "%s: expected a duration such as 250ms, 3s, 5m or 72h, found %s"
        .key .text) -}}
{{- end -}}
{{- $number := regexFind "^[0-9]+" .text | int64 -}}
{{- $unit := regexFind "[a-z]+$" .text -}}
{{- if eq $unit "ms" -}}{{ div (add $number 999) 1000 }}
{{- else if eq $unit "s" -}}{{ $number }}
{{- else if eq $unit "m" -}}{{ mul $number 60 }}
{{- else -}}{{ mul $number 3600 }}
{{- end -}}
{{- end -}}

{{/* How long a stop takes at most: drain_delay (0s by default) and drain_timeout (20s by default). */}}
{{- define "rollcall.drainSeconds" -}}
{{- $server := default dict .Values.config.server -}}
{{- $delay := dict "key" "config.server.drain_delay" "text" (default "0s" $server.drain_delay) -}}
{{- $timeout := dict "key" "config.server.drain_timeout" "text" (default "20s" $server.drain_timeout) -}}
{{- add (include "rollcall.seconds" $delay) (include "rollcall.seconds" $timeout) -}}
{{- end -}}

{{/* Five seconds more than the drain, for what comes before and after it; or what the values say, if it is longer. */}}
{{- define "rollcall.gracePeriod" -}}
{{- $drain := include "rollcall.drainSeconds" . | int64 -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds -}}
  {{- add $drain 5 -}}
{{- else if le (int64 .Values.terminationGracePeriodSeconds) $drain -}}
  {{- fail (printf "terminationGracePeriodSeconds: must exceed the %d s of drain_delay and drain_timeout together" $drain) -}}
{{- else -}}
  {{- int64 .Values.terminationGracePeriodSeconds -}}
{{- end -}}
{{- end -}}
