using Microsoft.AspNetCore.DataProtection;

namespace Parley.Simulator.Hosting;

/// <summary>Nothing is secret in a history, and encryption brings chance of its own.</summary>
internal sealed class NoProtection : IDataProtectionProvider, IDataProtector
{
    public IDataProtector CreateProtector(string purpose) => this;

    public byte[] Protect(byte[] plaintext) => plaintext;

    public byte[] Unprotect(byte[] protectedData) => protectedData;
}
