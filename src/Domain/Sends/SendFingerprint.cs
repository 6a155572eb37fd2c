using System.Security.Cryptography;
using System.Text;
using Parley.Domain.Messages;

namespace Parley.Domain.Sends;

/// <summary>By what an echo and its send are known for one: type and text, of a poll its question. All else a gateway may change on the way.</summary>
public static class SendFingerprint
{
    private const int Bytes = 12;

    /// <returns>24 hexadecimal digits.</returns>
    public static string Of(MessageContent content)
    {
        var text = (content.Text ?? content.Poll?.Name)?.Trim() ?? "";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{content.Type}\n{text}")).AsSpan(0, Bytes));
    }
}
