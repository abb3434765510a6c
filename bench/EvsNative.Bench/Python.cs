using System.Diagnostics;

namespace EvsNative.Bench;

/// <summary>A Python that has PyTorch, for the peers.</summary>
internal static class Python
{
    /// <summary>What is missing where there is none.</summary>
    public const string Needed = "neither python3 nor /usr/bin/python3 has torch and numpy (Debian: python3-torch)";

    /// <summary>Said where there is none.</summary>
    public const string Missing = $"no peer: {Needed}; its columns stay empty";

    private static readonly string[] Candidates = ["python3", "/usr/bin/python3"];

    /// <summary>The first that can import torch and numpy, or null.</summary>
    public static string? FindWithTorch() => Candidates.FirstOrDefault(HasTorch);

    /// <summary>How a script of the repository is started, with pipes.</summary>
    public static ProcessStartInfo Script(string python, string script, params string[] args) =>
        new(python, [RepositoryFile.Find(script), .. args]) { RedirectStandardInput = true, RedirectStandardOutput = true };

    private static bool HasTorch(string python)
    {
        try
        {
            using var process =
                Process.Start(new ProcessStartInfo(python, ["-c", "import numpy, torch"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
