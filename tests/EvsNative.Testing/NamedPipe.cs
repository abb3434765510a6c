using System.ComponentModel;
using System.Diagnostics;

namespace EvsNative.Testing;

/// <summary>A pipe that has a name among files: whoever opens it waits for the other end.</summary>
public static class NamedPipe
{
    /// <summary>Makes one in the place of what is there. False where the system has none.</summary>
    public static bool TryMake(string path)
    {
        File.Delete(path);
        try
        {
            using var process = Process.Start("mkfifo", [path]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
