using Microsoft.Extensions.Time.Testing;
using Parley.Ingest;

namespace Parley.Grains.Tests;

/// <summary>What a node remembers is bounded in number and in age, also where nobody asks for it again.</summary>
public sealed class ExpiringMapTests
{
    private const int Capacity = 400;
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider _time = new();
    private readonly List<WeakReference> _kept = [];

    [Fact]
    public void what_is_over_its_age_gives_its_memory_back_long_before_the_bound()
    {
        var map = new ExpiringMap<int, object>(_time, Age, Capacity);
        Put(map, 0, Capacity / 8);
        _time.Advance(Age);
        Put(map, 1000, Capacity / 4);

        GC.Collect();
        Assert.DoesNotContain(_kept.Take(Capacity / 8), static kept => kept.IsAlive);
        Assert.All(Enumerable.Range(1000, Capacity / 4), key => Assert.True(map.TryGet(key, out _)));
    }

    [Fact]
    public void what_is_young_is_no_more_than_the_bound()
    {
        var map = new ExpiringMap<int, object>(_time, Age, Capacity);
        Put(map, 0, (10 * Capacity) - 1);

        Assert.InRange(Enumerable.Range(0, 10 * Capacity).Count(key => map.TryGet(key, out _)), 1, Capacity);
    }

    /// <summary>What is written again and again is one entry.</summary>
    [Fact]
    public void what_is_written_often_drives_out_nothing()
    {
        var map = new ExpiringMap<int, object>(_time, Age, Capacity);
        Put(map, 0, 2);
        for (var i = 0; i < 10 * Capacity; i++)
        {
            map.Set(1, this);
        }

        Assert.True(map.TryGet(0, out _));
    }

    private void Put(ExpiringMap<int, object> map, int first, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var value = new object();
            _kept.Add(new WeakReference(value));
            map.Set(first + i, value);
        }
    }
}
