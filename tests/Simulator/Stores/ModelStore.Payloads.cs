using System.Security.Cryptography;
using Parley.Ports;
using Parley.Simulator.Histories;

namespace Parley.Simulator.Stores;

public sealed partial class ModelStore : IQuarantine, IMediaStore
{
    public Task<Guid> Add(QuarantinedPayload payload, CancellationToken cancellationToken)
    {
        var quarantine = Of(payload.TenantId).Quarantine;
        var kept = quarantine.Find(p => p.Code == payload.Code && p.Payload.Span.SequenceEqual(payload.Payload.Span));
        if (kept is null)
        {
            quarantine.Add(kept = payload);
            recorder.Add(new PutAside(payload.TenantId, payload.Code, payload.Detail));
        }

        return Task.FromResult(kept.Id);
    }

    public Task<Page<QuarantinedPayload>> ListQuarantined(
        string tenantId, string? code, DateTimeOffset? since, PageRequest page, CancellationToken cancellationToken)
    {
        List<QuarantinedPayload> rows = [.. Of(tenantId).Quarantine
            .Where(p => (code is null || p.Code == code) && (since is null || p.ReceivedAt >= since))
            .Select(p => p with { Payload = default })
            .Reverse()];
        return Task.FromResult(new Page<QuarantinedPayload>(rows, null, null, HasMore: false, HasPrevious: false, rows.Count));
    }

    public Task<QuarantinedPayload?> ReadQuarantined(string tenantId, Guid id, CancellationToken cancellationToken) =>
        Task.FromResult(Of(tenantId).Quarantine.Find(p => p.Id == id));

    public Task RemoveQuarantined(string tenantId, Guid id, CancellationToken cancellationToken)
    {
        Of(tenantId).Quarantine.RemoveAll(p => p.Id == id);
        return Task.CompletedTask;
    }

    public Task<int> ExpireQuarantined(DateTimeOffset before, CancellationToken cancellationToken) =>
        Task.FromResult(_tenants.Values.Sum(t => t.Quarantine.RemoveAll(p => p.ReceivedAt < before)));

    public Task<IMediaWriter> Create(string tenantId, CancellationToken cancellationToken) =>
        Task.FromResult<IMediaWriter>(new MediaWriter(Of(tenantId)));

    public Task<Stream?> Open(string tenantId, string sha256, CancellationToken cancellationToken) =>
        Task.FromResult<Stream?>(Of(tenantId).Media.TryGetValue(sha256, out var file) ? new MemoryStream(file.Bytes, writable: false) : null);

    public Task<bool> Renew(string tenantId, string sha256, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var media = Of(tenantId).Media;
        if (!media.TryGetValue(sha256, out var file))
        {
            return Task.FromResult(false);
        }

        media[sha256] = file with { At = now };
        return Task.FromResult(true);
    }

    public async Task<int> Sweep(DateTimeOffset before, Func<string, string, Task<bool>> isNamed, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var (tenantId, tenant) in _tenants.ToList())
        {
            foreach (var (sha256, file) in tenant.Media.ToList())
            {
                if (file.At < before && !await isNamed(tenantId, sha256) && tenant.Media[sha256].At < before)
                {
                    tenant.Media.Remove(sha256);
                    removed++;
                }
            }
        }

        return removed;
    }

    private sealed class MediaWriter(Tenant tenant) : IMediaWriter
    {
        private readonly MemoryStream _bytes = new();

        public ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _bytes.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public Task<StoredMedia> Complete(CancellationToken cancellationToken)
        {
            var bytes = _bytes.ToArray();
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
            tenant.Media[sha256] = (bytes, DateTimeOffset.MaxValue);
            return Task.FromResult(new StoredMedia(sha256, bytes.Length));
        }

        public ValueTask DisposeAsync()
        {
            _bytes.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
