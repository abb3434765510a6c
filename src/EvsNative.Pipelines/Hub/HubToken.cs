using System.Text;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>The user's token for a hub, as its own programs keep it. It is never shown, and goes to no other server.</summary>
internal static class HubToken
{
    private const int MostBytes = 4096;

    /// <summary>HF_TOKEN, HUGGING_FACE_HUB_TOKEN, else the file that HF_TOKEN_PATH names or <c>token</c> in the hub's folder.</summary>
    /// <param name="variable">reads the environment</param>
    /// <exception cref="InputException">it holds what no token holds</exception>
    public static string? Find(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        foreach (string name in new[] { "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN" })
            if (variable(name) is { } said && said.Trim().Length > 0) return Checked(said.Trim(), name);
        string path = variable("HF_TOKEN_PATH") is { Length: > 0 } named ? named : Path.Combine(HubCache.HomeOfUser(variable), "token");
        if (!OrdinaryFile.Exists(path)) return null;
        string text = Encoding.UTF8.GetString(OrdinaryFile.ReadAll(path, MostBytes, "a token")).Trim();
        return text.Length == 0 ? null : Checked(text, path);
    }

    private static string Checked(string token, string origin) => token.All(IsPlain)
        ? token
        : throw new InputException(InputCode.WrongKind, $"{origin}: not a token: letters, digits and -._~+/= are possible");

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c, StringComparison.Ordinal);
}
