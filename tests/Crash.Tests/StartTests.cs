namespace Parley.Crash.Tests;

/// <summary>A start that cannot succeed ends with words for a person, not with a stack.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task A_new_database_that_another_program_has_locked_is_told()
    {
        using var directory = new TemporaryDirectory();
        using var held = WriteLock.TakeAll(directory.Path);
        await ExpectRefusal(directory.Path, "locked by another program");
    }

    [Fact]
    public async Task A_database_with_data_that_another_program_has_locked_is_told_and_left_as_it_is()
    {
        using var directory = new TemporaryDirectory();
        var tenant = await Filled(directory.Path);
        using (WriteLock.TakeAll(directory.Path))
        {
            await ExpectRefusal(directory.Path, "locked by another program");
        }

        await ExpectData(directory.Path, tenant);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task A_damaged_database_is_told_and_left_as_it_is(int soundBytes)
    {
        using var directory = new TemporaryDirectory();
        await Filled(directory.Path);
        var path = Path.Combine(directory.Path, "parley.db");
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Array.Fill(bytes, (byte)0xA5, soundBytes, bytes.Length - soundBytes);
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        await ExpectRefusal(directory.Path, "is damaged or is no database");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_data_directory_is_told()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "data");
        await File.WriteAllTextAsync(path, "no directory", TestContext.Current.CancellationToken);
        var (exitCode, output) = await ParleyProcess.RunToEnd(directory.Path, "--Parley:DataDirectory", path);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(path, output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static async Task ExpectRefusal(string directory, string words)
    {
        var (exitCode, output) = await ParleyProcess.RunToEnd(directory);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("Parley cannot start:", output, StringComparison.Ordinal);
        Assert.Contains(words, output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(directory, "parley.db"), output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static async Task<TestTenant> Filled(string directory)
    {
        await using var parley = await ParleyProcess.Start(directory);
        var tenant = await parley.NewTenant();
        await tenant.Accept(Webhook.Text("5511987650002", "kept"));
        Assert.Equal(0, await parley.Stop());
        return tenant;
    }

    private static async Task ExpectData(string directory, TestTenant tenant)
    {
        await using var parley = await ParleyProcess.Start(directory);
        using var client = parley.With(tenant.ApiKey);
        Assert.Equal("kept", (await client.Get("/messages")).Expect(200).Data.Single()!["text"]!.GetValue<string>());
    }
}
